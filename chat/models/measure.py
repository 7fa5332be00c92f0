"""Metrics of the processes, stored for the monitoring page of the admin."""

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
        """From ``begin`` up to, but not including, ``end``."""
        return self.filter(at__gte=begin, at__lt=end)


class Measure(models.Model):
    """Metrics of one process in the minute that began ``at``; or of all processes in an hour, without a process.

    ``figures`` are the values by the names in ``chat.monitoring.metrics``, without zeros. The column keeps its older name:
    two releases write it at the same time.
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
