from tests.released.settings import *

ROOT_URLCONF = "tests.mounted.urls"
ASGI_APPLICATION = "tests.mounted.asgi.application"
