"""The people of the demo. The key is the local part of the email address @example.com."""

PEOPLE = {
    "alice": "Alice Marlow",
    "bob": "Bob Lindqvist",
    "charlie": "Charlie Reyes",
    "admin": "Ada Novak",
    "iva": "Ива Стоянова",
    "georgi": "Георги Петков",
    "somchai": "สมชาย ทองดี",
    "malee": "มาลี ศรีวิไล",
    "rafael": "Rafael Teixeira",
    "theodora": "Theodora Konstantinopoulou-Featherstonehaugh",
}
STAFF = {"admin"}
# People you can sign in as. The others have no password: hashing is slow on purpose, and ten take ten times
# as long.
GUESTS = {"alice", "bob", "charlie"}
PASSWORD = "talk-to-me"  # noqa: S105 - of the demo, which is refused outside development
