"""Addresses of the chat. The wire is described in docs/delivery.md."""

from django.urls import path

from chat.views import directory, members, messages, rooms

app_name = "chat"

urlpatterns = [
    path("", rooms.home, name="home"),
    path("rooms/", rooms.rooms, name="rooms"),
    path("rooms/browse/", directory.browse, name="browse"),
    path("people/", directory.people, name="people"),
    path("rooms/new/", rooms.create, name="create"),
    path("rooms/<uuid:room_id>/", rooms.room, name="room"),
    path("rooms/<uuid:room_id>/edit/", rooms.edit, name="edit_room"),
    path("rooms/<uuid:room_id>/close/", rooms.close, name="close"),
    path("rooms/<uuid:room_id>/archive/", rooms.archive, name="archive"),
    path("rooms/<uuid:room_id>/restore/", rooms.restore, name="restore"),
    path("rooms/<uuid:room_id>/hide/", rooms.hide, name="hide"),
    path("rooms/<uuid:room_id>/read/", rooms.read, name="read"),
    path("rooms/<uuid:room_id>/join/", members.join, name="join"),
    path("rooms/<uuid:room_id>/leave/", members.leave, name="leave"),
    path("rooms/<uuid:room_id>/members/", members.members, name="members"),
    path("rooms/<uuid:room_id>/members/<int:member_id>/remove/", members.remove, name="remove_member"),
    path("rooms/<uuid:room_id>/members/<int:member_id>/role/", members.role, name="set_role"),
    path("rooms/<uuid:room_id>/messages/", messages.messages, name="messages"),
    path("rooms/<uuid:room_id>/changes/", messages.changes, name="changes"),
    path("messages/<uuid:message_id>/edit/", messages.edit, name="edit_message"),
    path("messages/<uuid:message_id>/delete/", messages.delete, name="delete_message"),
    path("me/", members.me, name="me"),
    path("profile/", members.profile, name="profile"),
]
# add_member is the POST of chat:members
urlpatterns.append(path("rooms/<uuid:room_id>/members/", members.members, name="add_member"))
