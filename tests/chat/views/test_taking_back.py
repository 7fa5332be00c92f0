"""What can't be taken back asks first: every address that takes a form says which it is."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from chat import actions, urls
from chat.models import Invitation, Member, Message, Person, Room
from hypertalk.accounts import urls as account_urls
from tests.conftest import client_of, say
from tests.support.drawing import drawn

# Pages and answers; and forms that only add something, or sign somebody in.
READS = {
    "home",
    "manifest",
    "worker",
    "offline",
    "rooms",
    "browse",
    "switch",
    "room",
    "find_to_add",
    "message",
    "message_acts",
    "message_source",
    "beat",
    "me",
    "changes",
    "person",
    "picture",
    "blocked",
    "profile",
    "export",
    "invitation",
    "show_invitation",
    "members",
    "people",
    "messages",
    "read",
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reauthenticate",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_login_webauthn",
}
# How it is taken back.
TAKEN_BACK = {
    "create": "archived",
    "order_rooms": "sorted the other way",
    "favourites": "moved back",
    "mute": "unmuted",
    "favourite": "removed",
    "hide": "opened again",
    "join": "left",
    "add_member": "removed",
    "unsilence_member": "silenced again",
    "lift_ban": "banned again",
    "edit_message": "edited again; its text stays in the field",
    "report_message": "decided by people; its dialog is filled in",
    "block": "unblocked",
    "unblock": "blocked again",
    "workspace_invitations": "revoked",
    "invitations": "revoked",
    "draft": "typed again; the button to discard one asks (templates/chat/room/_discard_draft.html)",
    "account_email": "changed again; the mail to the new address asks",
    "account_change_password": "changed again; it asks for the password",
    "account_set_password": "changed",
    "usersessions_list": "signed in again",
    "mfa_edit_webauthn": "renamed again",
    "account_logout": "signed in again; unsent messages are asked for (app/sign-out.js)",
}
# Pages of their own that ask: a password, a second factor, or a question with a button.
ASKS_ON_ITS_PAGE = {
    "account_delete",
    "mfa_deactivate_totp",
    "mfa_generate_recovery_codes",
    "mfa_remove_webauthn",
}


class World:
    def __init__(self, alice: Person, bob: Person, room: Room, open_room: Room) -> None:
        self.alice, self.bob, self.room, self.open_room = alice, bob, room, open_room
        self.member = Member.objects.get(room=room, person=bob)
        self.message = say(alice, room)

    @property
    def at(self) -> str:
        return f"/rooms/{self.room.pk}/"

    def archived(self) -> str:
        actions.archive_room(self.alice, self.room.pk)
        return f"{self.at}restore/"

    def link(self) -> Invitation:
        return actions.make_link(self.alice, self.room.pk, days=1, most_uses=1)

    def declined(self) -> str:
        actions.invite_person(self.bob, self.other().pk, self.alice.pk)
        return f"/invitations/{Invitation.objects.latest('created_at').token}/decline/"

    def other(self) -> Room:
        return Room.objects.get(pk=actions.create_room(self.bob, name="of-bob", topic="", kind="closed").pk)


@pytest.fixture
def world(alice: Person, bob: Person, room: Room, open_room: Room) -> World:
    return World(alice, bob, room, open_room)


# Where a GET asks, with a form that does it.
ASKS: dict[str, Callable[[World], str]] = {
    "close": lambda w: f"/rooms/{w.open_room.pk}/close/",
    "archive": lambda w: f"{w.at}archive/",
    "restore": World.archived,
    "leave": lambda w: f"{w.at}leave/",
    "set_role": lambda w: f"{w.at}members/{w.member.pk}/role/",
    "remove_member": lambda w: f"{w.at}members/{w.member.pk}/remove/",
    "ban_member": lambda w: f"{w.at}members/{w.member.pk}/ban/",
    "silence_member": lambda w: f"{w.at}members/{w.member.pk}/silence/",
    "delete_message": lambda w: f"/messages/{w.message.pk}/delete/",
    "revoke_invitation": lambda w: f"/invitations/{w.link().pk}/revoke/",
    "decline_invitation": World.declined,
}
# A form of several buttons, of which one asks: here, with what it posts.
ASKS_AFTER = {"edit_room", "set_picture", "workspace"}


def test_every_address_says_whether_it_can_be_taken_back() -> None:
    there = {each.name for each in (*urls.urlpatterns, *account_urls.urlpatterns)}
    said = [*READS, *TAKEN_BACK, *ASKS_ON_ITS_PAGE, *ASKS, *ASKS_AFTER]
    assert len(said) == len(set(said))
    assert there - set(said) == set(), "it asks first (chat.views.pages.confirm), or say how it is taken back"


def stored() -> list[object]:
    models = (Room, Member, Message, Invitation)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


@pytest.mark.cache
@pytest.mark.parametrize("name", ASKS)
def test_it_asks_and_does_nothing_yet(name: str, world: World) -> None:
    path = ASKS[name](world)
    before = stored()
    page = client_of(world.alice).get(path)
    assert page.status_code == 200
    assert ">Cancel</a>" in page.text or "Make someone else an owner first" in page.text
    assert stored() == before


def hidden(page: str, *names: str) -> dict[str, str]:
    return {name: re.findall(rf'type="hidden" name="{name}" value="(\w+)"', page)[0] for name in names}


@pytest.mark.cache
def test_a_picture_is_removed_only_after_the_question(bob: Person, client: Client) -> None:
    actions.set_picture(bob, drawn())
    client.force_login(bob.user)
    asked = client.post("/profile/picture/", {"remove": "1"})
    assert "Remove your picture?" in asked.text
    assert Person.objects.get(pk=bob.pk).picture
    client.post("/profile/picture/", hidden(asked.text, "remove", "sure"))
    assert not Person.objects.get(pk=bob.pk).picture
