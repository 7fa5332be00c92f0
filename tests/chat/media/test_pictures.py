"""Uploaded pictures, however hostile, and who may see the result."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from chat import actions
from chat.errors import Invalid, Limited
from chat.media import pictures
from chat.media.pictures import square
from chat.models import Member, Person, Picture, Room
from tests.conftest import client_of, say, script_of


def drawn(kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (300, 200), **how: object) -> bytes:
    kept = BytesIO()
    Image.new(mode, size, how.pop("color", "teal")).save(kept, kind, **how)
    return kept.getvalue()


def png(width: int, height: int, data: bytes) -> bytes:
    """A PNG with this size in its header, whatever its content."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", data), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_what_the_page_says_of_pictures_is_what_the_server_takes(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client_of(alice).get("/profile/").content.decode()
    assert "PNG, JPEG, WebP or GIF, up to 1.0\xa0MB and 16 million pixels." in page
    assert 'accept="image/png,image/jpeg,image/webp,image/gif"' in page
    monkeypatch.setattr(pictures, "MAX_BYTES", 2048)
    page = client_of(alice).get("/profile/").content.decode()
    with pytest.raises(Invalid) as refused:
        square(b"x" * 2049)
    assert f'data-most="2048" data-too-large="{refused.value}"' in page
    assert "up to 2.0\xa0KB" in page


def opened(webp: bytes) -> Image.Image:
    image = Image.open(BytesIO(webp))
    assert (image.format, image.size) == ("WEBP", (256, 256))
    return image


def show(client: Client, upload: bytes, name: str = "me.png", kind: str = "image/png") -> object:
    return client.post("/profile/picture/", {"picture": SimpleUploadedFile(name, upload, kind)})


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_four_kinds_become_one(kind: str) -> None:
    assert opened(square(drawn(kind))).mode == "RGB"


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "P"), ("PNG", "1"), ("PNG", "LA"), ("PNG", "I;16")],
)
def test_other_colour_spaces_are_read_too(kind: str, mode: str) -> None:
    opened(square(drawn(kind, mode, color=0 if mode in {"P", "1", "I;16"} else None)))


def test_one_pixel_and_a_thin_line_are_pictures() -> None:
    opened(square(drawn(size=(1, 1))))
    opened(square(drawn(size=(3000, 1))))


def test_of_an_animation_the_first_picture_is_shown() -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue")]
    for kind in ("GIF", "WEBP", "PNG"):
        kept = BytesIO()
        frames[0].save(kept, kind, save_all=True, append_images=frames[1:])
        image = opened(square(kept.getvalue()))
        assert getattr(image, "n_frames", 1) == 1
        red, _, blue = image.convert("RGB").getpixel((128, 128))
        assert red > 200 > blue, kind


def test_a_photo_stands_upright_and_says_no_longer_where_it_was_taken() -> None:
    photo = Image.new("RGB", (400, 400), "white")
    photo.paste("black", (0, 0, 400, 200))  # dark at the top; the camera was turned on its side
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    exif[0x010F] = "CAMERA-MAKER"
    exif.get_ifd(0x8825)[1] = "N"
    kept = BytesIO()
    photo.save(kept, "JPEG", exif=exif, comment=b"PRIVATE-COMMENT", icc_profile=b"PROFILE-OF-MINE")
    webp = square(kept.getvalue())
    image = opened(webp)
    grey = image.convert("L")
    assert grey.getpixel((220, 128)) < 60
    assert grey.getpixel((30, 128)) > 200
    assert not image.getexif()
    for part in (b"EXIF", b"XMP ", b"ICCP", b"CAMERA-MAKER", b"PRIVATE-COMMENT", b"PROFILE-OF-MINE"):
        assert part not in webp


HOSTILE = {
    "nothing": b"",
    "text": b"Hello",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "HTML behind a picture's first bytes": b"\x89PNG\r\n\x1a\n<html><script>alert(1)</script>",
    "HTML behind GIF89a": b"GIF89a/*<html><script>alert(1)</script>*/",
    "cut off": drawn(size=(200, 200))[:-60],
    "cut off JPEG": drawn("JPEG", size=(600, 600))[:700],
    "a bomb": png(50_000, 50_000, zlib.compress(bytes(100_000))),
    "dimensions past all": png(2**31 - 1, 2**31 - 1, zlib.compress(b"")),
    "just too many pixels": png(4001, 4000, zlib.compress(b"")),
    "a WebP that says it is huge": b"RIFF"
    + struct.pack("<I", 22)
    + b"WEBPVP8X"
    + struct.pack("<I", 10)
    + bytes(4)
    + b"\xfe\x3f\x00\xfe\x3f\x00",
    "no rows": png(0, 10, zlib.compress(b"")),
    "a kind that no browser shows": drawn("TIFF"),
    "PostScript, which starts a program": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(id) run",
    "more than a megabyte": drawn() + bytes(1024 * 1024),
}


@pytest.mark.parametrize("upload", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_picture_or_too_much_is_a_sentence(upload: bytes, alice: Person) -> None:
    """Hazard 13. The content decides the format: file names and types are only claims of the sender."""
    with pytest.raises(Invalid):
        square(upload)
    answer = show(client_of(alice), upload)
    assert answer.status_code == 422
    assert b'aria-invalid="true"' in answer.content
    assert not Picture.objects.exists()


def test_what_hides_behind_a_picture_is_gone() -> None:
    """Hazard 13: a file that is a picture and a page at once."""
    webp = square(drawn() + b"<script>alert(1)</script>")
    assert b"script" not in webp
    opened(webp)


def test_a_picture_is_for_those_signed_in_and_stays_in_their_browser_alone(
    alice: Person, bob: Person
) -> None:
    """Hazards 9 and 13."""
    assert show(client_of(alice), drawn(), "../../evil.svg", "image/svg+xml").status_code == 302
    alice.refresh_from_db()
    path = f"/people/{alice.pk}/picture/{alice.picture}.webp"
    answer = client_of(bob).get(path)
    opened(answer.content)
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "Cookie" in answer["Vary"]
    assert Client().get(path).status_code == 302
    for other in (
        f"/people/{bob.pk}/picture/{alice.picture}.webp",
        f"/people/{alice.pk}/picture/{'0' * 16}.webp",
        f"/people/{10**30}/picture/{alice.picture}.webp",
        f"/people/{alice.pk}/picture/..%2f..%2fmanage.webp",
    ):
        assert client_of(bob).get(other).status_code == 404, other


def test_a_picture_is_in_every_fragment_and_out_again(alice: Person, bob: Person, room: Room) -> None:
    message = say(bob, room)
    direct = actions.open_direct(bob, [alice.pk])
    say(bob, direct)
    actions.set_picture(bob, drawn())
    bob.refresh_from_db()
    img = f'<img src="/people/{bob.pk}/picture/{bob.picture}.webp"'
    client = client_of(alice)
    fragments = script_of(alice).get(f"/rooms/{room.pk}/messages/?before=99").content.decode()
    assert f'id="message-{message.pk}"' in fragments
    assert img in fragments
    page = client.get(f"/rooms/{room.pk}/").content.decode()
    assert page.count(img) == 3  # the message, the member, the direct conversation
    for path in ("/people/", f"/rooms/{room.pk}/members/", f"/people/{bob.pk}/"):
        assert img in client.get(path).content.decode(), path
    assert img in client_of(bob).get("/profile/").content.decode()
    say(bob, room, "Posted with it")
    assert img in script_of(alice).get(f"/rooms/{room.pk}/changes/?after=3").content.decode()
    removed = client_of(bob).post("/profile/picture/", {"remove": "1", "sure": "1"}, follow=True)
    assert b"Picture removed." in removed.content
    assert "<img" not in client.get(f"/rooms/{room.pk}/").content.decode()
    assert not Picture.objects.exists()


def test_another_picture_stamps_every_room_once_and_the_same_one_none(bob: Person, room: Room) -> None:
    before = Room.objects.get(pk=room.pk).version
    actions.set_picture(bob, drawn())
    actions.set_picture(bob, drawn())
    assert (
        Member.objects.get(room=room, person=bob).version
        == before + 1
        == Room.objects.get(pk=room.pk).version
    )
    actions.set_picture(bob, drawn(color="red"))
    assert Room.objects.get(pk=room.pk).version == before + 2
    assert Picture.objects.get().digest == Person.objects.get(pk=bob.pk).picture


def test_whoever_has_a_picture_is_drawn_with_it_wherever_a_page_lists_them(
    alice: Person, bob: Person, charlie: Person, room: Room
) -> None:
    for each in (bob, charlie):
        actions.set_picture(each, drawn())
        actions.block_person(alice, each.pk)
    client, at = client_of(alice), f"/rooms/{room.pk}"
    assert f"/people/{charlie.pk}/picture/" in client.get(f"{at}/invitations/").content.decode()
    assert f"/people/{charlie.pk}/picture/" in client.get("/people/blocked/").content.decode()
    assert f"/people/{bob.pk}/picture/" in script_of(alice).get("/switch/?q=bob").content.decode()
    actions.ban_member(alice, room.pk, Member.objects.get(room=room, person=bob).pk)
    assert f"/people/{bob.pk}/picture/" in client.get(f"{at}/members/").content.decode()


def test_pictures_are_bounded_in_number(alice: Person, settings) -> None:
    settings.CHAT_LIMITS = {"picture": (2, 3600)}
    for _ in range(2):
        actions.set_picture(alice, drawn())
    with pytest.raises(Limited):
        actions.set_picture(alice, drawn(color="red"))


def test_nothing_chosen_is_a_sentence(alice: Person) -> None:
    for data in ({}, {"picture": "no file"}):
        answer = client_of(alice).post("/profile/picture/", data)
        assert answer.status_code == 422
        assert "Choose a picture first." in answer.content.decode()
