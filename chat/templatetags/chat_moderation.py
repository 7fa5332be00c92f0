"""Numbers for the first page of the administration."""

from datetime import timedelta

from django import template

from chat.db.clock import clock
from chat.models import Ban, Member, Person, Report, Room

register = template.Library()


@register.simple_tag
def workspace_counts() -> dict[str, int]:
    """Open reports, active people, people who wrote in the last day, rooms in use, active bans. Five queries."""
    wrote = Member.objects.current().filter(posted_at__gte=clock.now() - timedelta(days=1))
    return {
        "reports": Report.objects.waiting().count(),
        "people": Person.objects.active().count(),
        "wrote": wrote.values("person").distinct().count(),
        "rooms": Room.objects.exclude(kind=Room.Kind.DIRECT).filter(archived_at=None).count(),
        "bans": Ban.objects.active().count(),
    }
