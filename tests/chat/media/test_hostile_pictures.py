"""More hostile pictures: refused with a sentence or opened clean, within limits of time and memory."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from chat.errors import Invalid
from chat.media import pictures
from chat.media.pictures import MAX_BYTES, square
from chat.models import Person, Picture
from tests.conftest import client_of
from tests.support.hostile_pictures import OPENED, REFUSED, drawn, scans_again

PRIVATE = (b"CAMERA-MAKER", b"MY-NAME", b"PRIVATE", b"EXIF", b"XMP ", b"ICCP", b"script", b"PK\3\4", b"ANIM")


def took(upload: bytes) -> float:
    """CPU seconds."""
    began = time.process_time()
    with suppress(Invalid):
        square(upload)
    return time.process_time() - began


@pytest.mark.parametrize("upload", REFUSED.values(), ids=REFUSED.keys())
def test_what_would_hurt_is_refused_in_words(upload: bytes, alice: Person) -> None:
    assert len(upload) <= MAX_BYTES, "would be refused for that alone"
    answer = client_of(alice).post("/profile/picture/", {"picture": SimpleUploadedFile("me.png", upload)})
    assert answer.status_code == 422
    assert b'aria-invalid="true"' in answer.content
    assert not Picture.objects.exists()


@pytest.mark.parametrize("upload", OPENED.values(), ids=OPENED.keys())
def test_of_what_is_opened_only_what_is_seen_is_left(upload: bytes) -> None:
    webp = square(upload)
    image = Image.open(BytesIO(webp))
    assert (image.format, image.size, getattr(image, "n_frames", 1)) == ("WEBP", (256, 256), 1)
    assert not [each for each in PRIVATE if each in webp]
    assert set(image.info) <= {"loop", "background", "timestamp", "duration"}


def test_no_picture_is_costly() -> None:
    """Compared with an ordinary photo of the largest size. The JPEG with many scans took a thousand times as long."""
    ordinary = max(took(drawn("JPEG", size=(4000, 4000))) for _ in range(2))
    found = {name: took(upload) / ordinary for name, upload in (REFUSED | OPENED).items()}
    assert max(found.values()) < 40, found


def test_no_picture_takes_much_memory() -> None:
    """In a separate process: Python can't measure the memory that Pillow uses."""
    code = """
import resource
from chat.media import pictures
from chat.errors import Invalid
from chat.media.pictures import square
from tests.support.hostile_pictures import OPENED, REFUSED
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for upload in (REFUSED | OPENED).values():
    try:
        square(upload)
    except Invalid:
        pass
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    setup = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; import django; django.setup()"
    )
    ran = subprocess.run([sys.executable, "-c", setup + code], capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 400  # megabytes


def test_two_pictures_are_drawn_at_once_and_others_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes as much memory as a small process."""
    drawing: list[int] = []
    most: list[int] = []
    together = threading.Barrier(2, timeout=5)  # both of a pair are in, and nobody else

    def draw(_image: object, _side: int) -> bytes:
        drawing.append(1)
        together.wait()
        most.append(len(drawing))
        together.wait()
        drawing.pop()
        return b""

    monkeypatch.setattr(pictures, "_webp", draw)
    monkeypatch.setattr(pictures, "WAIT_SECONDS", 60.0)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(square, [drawn()] * 8)) == [b""] * 8
    assert max(most) == 2


def test_who_uploads_many_at_once_keeps_nobody_waiting(
    monkeypatch: pytest.MonkeyPatch, alice: Person
) -> None:
    """Eight threads serve everyone. Twenty pictures of seconds each must not occupy all of them for a minute."""
    monkeypatch.setattr(pictures, "WAIT_SECONDS", 0.01)
    with pictures.AT_ONCE, pictures.AT_ONCE:  # two are being processed
        answer = client_of(alice).post(
            "/profile/picture/", {"picture": SimpleUploadedFile("me.png", drawn())}
        )
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) >= 1
    assert square(drawn())  # both slots are free again


def test_a_large_picture_has_fewer_scans() -> None:
    """Ninety scans of 4000 by 4000 pixels took longer than forty ordinary photos, and nobody saves a photo that way."""
    with pytest.raises(Invalid):
        square(scans_again(90))
    assert square(scans_again(90, side=1000))


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "a\0.png",
        "..\\..\\x.svg",
        "x" * 5000 + ".png",
        "\u202egnp.exe",
        '"><script>.png',
        "",
        ".",
    ],
)
def test_what_a_file_is_called_means_nothing(name: str, alice: Person) -> None:
    boundary = "b"
    body = (
        (
            f'--{boundary}\r\nContent-Disposition: form-data; name="picture"; filename="{name}"\r\n'
            "Content-Type: text/html; charset=rot13\r\n\r\n"
        ).encode()
        + drawn()
        + f"\r\n--{boundary}--\r\n".encode()
    )
    answer = client_of(alice).generic(
        "POST", "/profile/picture/", body, content_type=f"multipart/form-data; boundary={boundary}"
    )
    assert answer.status_code in {302, 400, 422}
    assert b"<script>.png" not in answer.content
    for picture in Picture.objects.all():
        assert bytes(picture.webp).startswith(b"RIFF")
