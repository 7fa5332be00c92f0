"""Who may report a message, and who may decide."""

from tests.policies.routes import ADMIN, ALL, act, look, moderate, others, own

act("report someone else's message", "chat:report_message", *ALL, where=others, kind="spam", words="")
look("report someone else's message", "chat:report_message", *ALL, where=others)
act("report their own message", "chat:report_message", *ALL, where=own, kind="spam", words="")

look("see rooms, people, reports and the audit log", "admin:chat_report_changelist", ADMIN)
look("see rooms, people, reports and the audit log", "admin:chat_report_counts", ADMIN)
moderate("decide a report", "report", "dismiss", lambda w: w.waiting)
act(
    "decide a report",
    "admin:chat_report_decide",
    ADMIN,
    where=lambda by, _: by.world.waiting.pk,
    decision="deleted",
)
look("decide a report", "admin:chat_report_change", ADMIN, where=lambda by, _: by.world.waiting.pk)
act("undo a decision", "admin:chat_report_undo", ADMIN, where=lambda by, _: by.world.decided.pk)
