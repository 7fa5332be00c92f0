"""Who is here. The key is the part of the e-mail before @example.com."""

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
# Those one can sign in as. The others have no password: making one is slow on purpose, and ten are ten times as slow.
GUESTS = {"alice", "bob", "charlie"}
PASSWORD = "talk-to-me"  # noqa: S105 - of the demo, which is refused outside development
