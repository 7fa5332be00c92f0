"""Addresses of the chat. The wire is described in docs/delivery.md."""

from django.urls import path

from chat.views import (
    blocking,
    coming_in,
    directory,
    favourites,
    invitations,
    members,
    messages,
    order,
    people,
    rooms,
)

app_name = "chat"

urlpatterns = [
    path("", rooms.home, name="home"),
    path("rooms/", rooms.rooms, name="rooms"),
    path("rooms/browse/", directory.browse, name="browse"),
    path("people/", directory.people, name="people"),
    path("switch/", directory.switch, name="switch"),
    path("rooms/favourites/", favourites.favourites, name="favourites"),
    path("rooms/new/", rooms.create, name="create"),
    path("rooms/<uuid:room_id>/", rooms.room, name="room"),
    path("rooms/<uuid:room_id>/edit/", rooms.edit, name="edit_room"),
    path("rooms/<uuid:room_id>/close/", rooms.settle, {"how": "close"}, name="close"),
    path("rooms/<uuid:room_id>/archive/", rooms.settle, {"how": "archive"}, name="archive"),
    path("rooms/<uuid:room_id>/restore/", rooms.settle, {"how": "restore"}, name="restore"),
    path("rooms/<uuid:room_id>/mute/", favourites.mute, name="mute"),
    path("rooms/<uuid:room_id>/favourite/", favourites.favour, name="favourite"),
    path("rooms/<uuid:room_id>/hide/", rooms.hide, name="hide"),
    path("rooms/<uuid:room_id>/read/", rooms.read, name="read"),
    path("rooms/<uuid:room_id>/join/", members.join, name="join"),
    path("rooms/<uuid:room_id>/leave/", members.leave, name="leave"),
    path("rooms/<uuid:room_id>/members/", members.members, name="members"),
    path("rooms/<uuid:room_id>/members/<int:member_id>/remove/", order.remove, name="remove_member"),
    path("rooms/<uuid:room_id>/members/<int:member_id>/ban/", order.ban, name="ban_member"),
    path("rooms/<uuid:room_id>/members/<int:member_id>/silence/", order.silence, name="silence_member"),
    path("rooms/<uuid:room_id>/members/<int:member_id>/unsilence/", order.unsilence, name="unsilence_member"),
    path("rooms/<uuid:room_id>/bans/<int:ban_id>/lift/", order.lift, name="lift_ban"),
    path("rooms/<uuid:room_id>/members/<int:member_id>/role/", members.role, name="set_role"),
    path("rooms/<uuid:room_id>/messages/", messages.messages, name="messages"),
    path("rooms/<uuid:room_id>/changes/", messages.changes, name="changes"),
    path("messages/<uuid:message_id>/edit/", messages.edit, name="edit_message"),
    path("messages/<uuid:message_id>/delete/", messages.delete, name="delete_message"),
    path("me/", members.me, name="me"),
    path("people/<int:person_id>/", people.person, name="person"),
    path("people/<int:person_id>/picture/<slug:digest>.webp", people.picture, name="picture"),
    path("people/blocked/", blocking.blocked, name="blocked"),
    path("people/<int:person_id>/block/", blocking.block, name="block"),
    path("people/<int:person_id>/unblock/", blocking.unblock, name="unblock"),
    path("profile/", people.profile, name="profile"),
    path("profile/picture/", people.set_picture, name="set_picture"),
    path("profile/export/", people.export, name="export"),
    path("messages/<uuid:message_id>/report/", order.report, name="report_message"),
    path("rooms/<uuid:room_id>/invitations/", invitations.invitations, name="invitations"),
    path("invitations/", invitations.invitations, name="place_invitations"),
    path("invitations/<uuid:invitation_id>/", invitations.show, name="show_invitation"),
    path("invitations/<uuid:invitation_id>/revoke/", invitations.revoke, name="revoke_invitation"),
    path("invitations/<str:token>/", coming_in.invitation, name="invitation"),
    path("invitations/<str:token>/decline/", coming_in.decline, name="decline_invitation"),
]
# add_member is the POST of chat:members
urlpatterns.append(path("rooms/<uuid:room_id>/members/", members.members, name="add_member"))
