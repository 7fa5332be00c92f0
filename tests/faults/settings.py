"""Those of the tests, with the pool of connections that real places have."""

from hypertalk.database import database
from tests.settings import *

DATABASES = {"default": database(BASE_DIR)}
