"""Profile pictures. They are in the database, so that all processes have them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.person import Person


class Picture(models.Model):
    """``webp`` is the upload after ``media.pictures``. ``digest`` identifies it; ``Person.picture`` holds a copy."""

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
