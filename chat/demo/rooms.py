"""The demo's conversations: lists of (who, text). A text that ends in ``~`` was edited, in ``#`` deleted."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class DemoRoom:
    """``people``: the first owns the room. ``unread``: number of unread messages by person. ``talks``: one list per
    day.
    """

    name: str
    topic: str
    kind: str
    people: tuple[str, ...]
    talks: tuple[tuple[tuple[str, str], ...], ...] = ()
    unread: dict[str, int] = field(default_factory=dict)
    chatter: int = 0  # number of short daily exchanges before the talks
    quiet: int = 0  # hours since the last message


EVERYBODY = ("admin", "alice", "bob", "charlie", "iva", "georgi", "somchai", "malee", "rafael", "theodora")

ROOMS = (
    DemoRoom(
        "announcements",
        "What everybody should know. Questions go to the rooms.",
        "open",
        EVERYBODY,
        (
            (
                (
                    "admin",
                    "Welcome, all. This is where we talk now; the old mailing list stays readable until New Year.",
                ),
            ),
            (
                (
                    "admin",
                    "The **winter timetable** starts on 14 December. The printed leaflets arrive on Thursday.",
                ),
                ("theodora", "I can take the ones for the north pier."),
            ),
            (("admin", "The office is closed on Monday. In an emergency: the duty phone, as always."),),
        ),
        {"alice": 1, "bob": 1},
        quiet=2,
    ),
    DemoRoom(
        "ferry-desk",
        "The day's sailings, delays and passengers",
        "open",
        ("alice", "bob", "charlie", "iva", "somchai", "malee", "rafael", "theodora"),
        (
            (
                ("malee", "เรือเที่ยว 14:30 เต็มแล้วค่ะ มีผู้โดยสารรออยู่ที่ท่าประมาณยี่สิบคน"),
                ("somchai", "ถ้าเปิดเที่ยวเสริมตอน 15:10 ได้ไหมครับ ลูกเรือพร้อมแล้ว"),
                ("alice", "Yes, go ahead. I’ll put the extra 15:10 on the board."),
                ("malee", "ขอบคุณค่ะ 🙏"),
                ("bob", "Two wheelchairs on that one, so please use the *lower* ramp."),
            ),
            (
                ("rafael", "Fog on the outer route. The 07:40 waits until we see the second buoy."),
                ("alice", "Understood. Passengers are told, coffee is on us."),
                ("rafael", "07:58 and under way.~"),
                ("theodora", "Three people asked for a refund, all of them took the voucher in the end."),
                (
                    "bob",
                    "For the log:\n\n| sailing | planned | left |\n|---|---|---|\n| A1 | 07:40 | 07:58 |\n"
                    "| A2 | 08:20 | 08:24 |\n| B1 | 08:30 | 08:30 |",
                ),
            ),
            (
                (
                    "iva",
                    "Добро утро! Групата от Варна е 42 души, не 24. Моля, преместете я на по-голямата лодка.",
                ),
                ("alice", "Moved to the *Marisol*, 60 seats. Спасибо — no, **благодаря**. Still learning."),
                ("iva", "Браво 🙂"),
                ("charlie", "The group leader’s number is in the booking, under notes."),
                ("malee", "ป้ายชื่อเรือภาษาไทยที่ท่า 3 ตัวเล็กไปค่ะ ผู้โดยสารสูงอายุอ่านไม่ออก"),
                ("bob", "I’ll print it larger. Is A2 enough?"),
                ("malee", "A1 ดีกว่าค่ะ"),
                ("bob", "A1 it is. On the wall by noon."),
            ),
        ),
        {"alice": 3, "bob": 0, "charlie": 41},
        chatter=110,
    ),
    DemoRoom(
        "timetable-software",
        "The timetable service: code, releases, and why it is always the time zones",
        "open",
        ("bob", "alice", "charlie", "georgi", "iva", "rafael"),
        (
            (
                ("georgi", "Импортът пада на нощните курсове. Ето и причината:"),
                (
                    "georgi",
                    "```python\ndef arrival(departure: datetime, minutes: int) -> datetime:\n"
                    "    # The night the clocks change has 23 or 25 hours.\n"
                    "    local = departure + timedelta(minutes=minutes)\n"
                    '    return local.replace(tzinfo=ZoneInfo("Europe/Sofia"))\n```',
                ),
                ("bob", "Arithmetic in local time. Convert first, add after, and back only for people:"),
                (
                    "bob",
                    "```python\narrival = (departure.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(harbour)\n```",
                ),
                ("georgi", "Работи. Добавих тест за 25 октомври."),
                ("alice", "Could the test also cover the boats that are *under way* when the clock changes?"),
                ("georgi", "Вече го прави. `test_the_long_night`"),
            ),
            (
                (
                    "charlie",
                    "Search by pier is slow, about two seconds. I think we read every sailing of the year.",
                ),
                (
                    "bob",
                    "We do. This is all it needs:\n\n```sql\nCREATE INDEX sailing_by_pier ON sailing (pier_id, departs_at)\n"
                    "WHERE cancelled_at IS NULL;\n```",
                ),
                ("charlie", "From 2.1 s to 4 ms. I’ll take it."),
                ("rafael", "Can we roll that out before Friday? The school groups search a lot."),
                ("bob", "Tonight, after the last boat.~"),
            ),
            (
                (
                    "bob",
                    "Done. For the next time:\n\n```bash\n./deploy --to harbour-2 --drain 30s\ncurl -fsS localhost:8000/healthz/\n```",
                ),
                ("iva", "Всичко изглежда добре от бюрото."),
                (
                    "charlie",
                    "The docs for draining are at https://example.com/handbook/draining if anybody wonders.",
                ),
                ("alice", "> after the last boat\n\nYou were up past midnight again, weren’t you?"),
                ("bob", "The boats were late, not me."),
                ("georgi", "😄"),
            ),
        ),
        {"alice": 6, "charlie": 2},
        chatter=12,
    ),
    DemoRoom(
        "contracts",
        "Private: wages, contracts, suppliers",
        "closed",
        ("alice", "bob", "theodora"),
        (
            (
                ("alice", "The diesel contract runs out in January. Two offers so far."),
                (
                    "theodora",
                    "The cheaper one wants three years. I’d rather pay a little more and stay free.",
                ),
                ("bob", "Agreed. Who talks to them?"),
                ("alice", "I do, on Wednesday."),
            ),
            (
                ("theodora", "The new wage table is checked. Line 14 had last year’s night bonus.#"),
                (
                    "theodora",
                    "The new wage table is checked and corrected; please look at line 14 once more.",
                ),
                ("bob", "Looks right to me."),
                (
                    "alice",
                    "Before we sign:\n\n1. notice period down to **three** months\n2. price bound to the index, capped\n"
                    "3. delivery on Sundays in summer\n\nAnything missing?",
                ),
                ("theodora", "Who pays for spills at the pump. Last time that was a long letter."),
            ),
        ),
        {"bob": 2},
        quiet=26,
    ),
    DemoRoom(
        "ภาษาไทย",
        "คุยกันเป็นภาษาไทยได้ทุกเรื่อง",
        "open",
        ("malee", "somchai", "alice", "charlie"),
        (
            (
                ("malee", "สวัสดีค่ะทุกคน ห้องนี้สำหรับคุยภาษาไทยนะคะ"),
                ("somchai", "สวัสดีครับ วันนี้คลื่นสูงประมาณเมตรครึ่ง เรือเล็กงดออกจากฝั่ง"),
                ("malee", "รับทราบค่ะ จะติดประกาศที่ท่าเรือให้"),
                ("alice", "ขอบคุณค่ะ (I hope I spelled that right)"),
                ("somchai", "ถูกต้องครับ เก่งมาก 👏"),
            ),
            (("malee", "พรุ่งนี้มีอบรมปฐมพยาบาลเก้าโมงเช้า อย่าลืมนะคะ"), ("somchai", "ไปครับ")),
        ),
        {"alice": 2},
        quiet=5,
    ),
    DemoRoom(
        "първа-помощ",
        "Учения, дежурства, аптечки",
        "open",
        ("iva", "georgi", "rafael"),
        (
            (
                ("iva", "Следващото учение е във вторник в 10:00 на трети кей."),
                ("georgi", "Ще донеса новите аптечки. Старите са с изтекъл срок."),
                ("rafael", "I’ll bring the dummy. He has not complained so far."),
            ),
        ),
        quiet=70,
    ),
    DemoRoom(
        "winter-party",
        "",
        "closed",
        ("bob", "alice", "charlie"),
        ((("bob", "Who cooks?"),),),
        {"charlie": 1},
        quiet=48,
    ),
)
