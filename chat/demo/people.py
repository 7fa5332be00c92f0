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
PASSWORD = "talk-to-me"  # noqa: S105 - of the demo, which is refused outside development
