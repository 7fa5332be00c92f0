"""Short exchanges of any day at a ferry company. Numbers are random, and the people are from the room."""

# (question, answer, reply of the first person); an empty reply is left out
CHATTER = (
    ("Is the {hour}:15 on time?", "On time, {seats} seats left.", "Thank you."),
    ("Who has the keys of pier {pier}?", "I have. Ten minutes.", ""),
    (
        "A bag was found on the {hour}:15.",
        "Blue, with a bird on it? Its owner is at the desk.",
        "That’s the one. Coming.",
    ),
    ("Wind from the west, {knots} knots.", "Noted. We keep the small boats in.", ""),
    (
        "The ticket printer on pier {pier} is out of paper.",
        "Refilled. There is one more box in the store.",
        "👍",
    ),
    ("School class of {seats}, they come at {hour}.", "The upper deck is kept free for them.", ""),
    (
        "Card terminal {pier} lost its network again.",
        "Restarted it, `ping` answers. Watching.",
        "Fine so far.",
    ),
    (
        "Who is on the early shift tomorrow?",
        "I am, with the new colleague.",
        "Then the coffee is in good hands.",
    ),
    (
        "The gangway on pier {pier} squeaks so that people turn round.",
        "Grease is in the red locker, I’ll do it after the {hour}:15.",
        "",
    ),
    (
        "Do we take bicycles today?",
        "Up to six on the big boat, none on the small ones.",
        "I’ll put it on the sign.",
    ),
    (
        "The {hour}:15 comes in with one engine. No danger, but slower.",
        "How much slower?",
        "About {pier}0 minutes. I’d tell people now.",
    ),
    ("Somebody asks whether the café on board takes cards.", "Since last week, yes.", ""),
    (
        "Life jackets counted: {seats} adults’, 12 children’s.",
        "There should be 14 children’s. I’ll look on the other boat.",
        "Found two, under the bench.",
    ),
    (
        "A wedding would like to rent the upper deck on Saturday.",
        "Saturday is full. Could they do Sunday at {hour}?",
        "They can. Booked.",
    ),
    ("The clock on pier {pier} is five minutes ahead.", "That explains the morning.", "😄"),
    (
        "Low water at {hour}:40, the ramp will be steep.",
        "Then wheelchairs go over the side door.",
        "The crew knows.",
    ),
    (
        "I need the passenger numbers of last week for the harbour office.",
        "They are in the shared folder, `passengers.csv`, one line a sailing.",
        "Got them.",
    ),
    (
        "Can somebody translate this into Bulgarian? *Please keep the doorway free.*",
        "„Моля, не спирайте на вратата.“",
        "Printed.",
    ),
    ("The loudspeaker on pier {pier} is only noise.", "It was the plug. Say something?", "Clear as a bell."),
    (
        "A gentleman left his hat on the {hour}:15.",
        "It sails with us again at noon, he can have it then.",
        "",
    ),
    ("Did the fuel come?", "2,{seats}0 litres, receipt is in the tray.", ""),
    (
        "Two seats on the {hour}:15 are wet, the window above them doesn’t close.",
        "Taped for now, and on the list for Monday.",
        "Thanks.",
    ),
    (
        "What do we tell people about the refund?",
        "- more than an hour late: **all** of it\n- half an hour: half\n- less: our apologies",
        "Clear.",
    ),
    (
        "Forecast for tomorrow: {knots} knots and rain until noon.",
        "So, the covered boats. I’ll swap the crews.",
        "",
    ),
    ("The map at the entrance still shows the old pier.", "New one is at the printer’s, Thursday.", ""),
    (
        "Somebody parked in front of the ambulance gate.",
        "White van? The driver is just coming down.",
        "Gone.",
    ),
    ("Is there a lift to the upper deck?", "No, but the crew helps. Ask for a seat near door {pier}.", ""),
    ("We ran out of small change.", "{seats}0 in coins are on the way to you.", "You saved the afternoon."),
    (
        "A journalist would like to ride along on the {hour}:15.",
        "Gladly. She should sit in front, the light is better.",
        "",
    ),
    ("The toilets on the second boat are closed.", "For how long?", "Until the plumber has been, so today."),
    (
        "Test of the alarm at {hour}:00, it will be loud.",
        "Thank you for the warning. I’ll tell the café.",
        "",
    ),
    (
        "Someone asks for the way to the night market.",
        "Left of the pier, past the temple, then follow your nose.",
        "",
    ),
    ("Dolphins beside the {hour}:15!", "And I’m at the desk. Of course.", "Next time we swap."),
    ("Charging post {pier} says *fault 12*.", "Twelve is the cable. It has to click.", "It clicked."),
    ("I’ll be ten minutes late, the bridge is up.", "No hurry, I’ll open the desk.", "Thank you 🙏"),
    ("The group of {seats} is here early.", "Send them to the terrace, tea is on us.", ""),
    ("เที่ยว {hour}:15 มีที่ว่างไหม", "เหลือ {seats} ที่ค่ะ", "ขอบคุณครับ"),
    ("ท่า {pier} ไฟดับค่ะ", "ช่างกำลังไปครับ ประมาณสิบนาที", "ไฟมาแล้วค่ะ"),
    ("ผู้โดยสารลืมร่มไว้บนเรือเที่ยว {hour}:15", "เก็บไว้ที่เคาน์เตอร์แล้วค่ะ", ""),
    ("พรุ่งนี้ฝนจะตกไหม", "กรมอุตุฯ บอกว่าตกช่วงบ่ายครับ ลม {knots} นอต", "งั้นเตรียมเสื้อกันฝนเพิ่มนะคะ"),
    ("Има ли места за {hour}:15?", "Да, {seats} места.", "Благодаря!"),
    ("Кой е дежурен на кей {pier}?", "Аз съм до обяд, после Ива.", ""),
    ("Принтерът за билети пак спря.", "Хартията беше накриво. Вече работи.", "👏"),
    ("Вълнението се усилва, {knots} възела.", "Малките лодки остават в пристанището.", ""),
)
