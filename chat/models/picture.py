"""What somebody looks like: in the database, so that all processes have it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.person import Person


class Picture(models.Model):
    """``webp`` is what ``media.pictures`` made of the upload; ``digest`` names it, and ``Person.picture`` repeats it."""

    person = models.OneToOneField(
        Person, primary_key=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )
    digest = models.CharField(max_length=16, editable=False)
    webp = models.BinaryField()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")

    def __str__(self) -> str:
        return self.digest
