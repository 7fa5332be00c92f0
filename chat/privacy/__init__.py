"""Personal data. The kinds that everybody has are registered first, and so come first in the export."""

from chat.privacy import core as core
