"""The tests' settings, with the connection pool of production."""

from hypertalk.database import database
from tests.settings import *

DATABASES = {"default": database(BASE_DIR)}
