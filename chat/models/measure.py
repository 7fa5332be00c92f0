"""What the processes counted, kept for the page of the administration that shows it."""

from datetime import datetime
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _


class MeasureQuerySet(models.QuerySet["Measure"]):
    def minutes(self) -> Self:
        return self.filter(span=Measure.Span.MINUTE)

    def hours(self) -> Self:
        return self.filter(span=Measure.Span.HOUR)

    def between(self, begin: datetime, end: datetime) -> Self:
        """From ``begin`` to before ``end``."""
        return self.filter(at__gte=begin, at__lt=end)


class Measure(models.Model):
    """Of one process in a minute that began ``at``; or of all of them in an hour, then without a process.

    ``figures`` have the names of ``chat.monitoring.metrics``; what is nought is left out.
    """

    class Span(models.IntegerChoices):
        """In seconds."""

        MINUTE = 60, _("minute")
        HOUR = 3600, _("hour")

    span = models.PositiveSmallIntegerField(_("interval"), choices=Span)
    at = models.DateTimeField(_("time"))
    process = models.CharField(_("process"), max_length=100, blank=True)
    figures = models.JSONField(_("metrics"), default=dict)

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("monitoring")
        constraints = (models.UniqueConstraint(fields=["span", "at", "process"], name="measure_once"),)

    def __str__(self) -> str:
        return f"{self.get_span_display()} {self.at:%Y-%m-%d %H:%M} {self.process}"
