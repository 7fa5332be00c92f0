"""What features add to the demo. A feature registers a function in its own module."""

from collections.abc import Callable, Mapping

from chat.models import Person, Room

# Gets the people by key (people.py), and the rooms by name (rooms.py), when all of them and their messages are there.
type Loader = Callable[[Mapping[str, Person], Mapping[str, Room]], object]

DEMO_LOADERS: list[Loader] = []


def register_demo(load: Loader) -> Loader:
    DEMO_LOADERS.append(load)
    return load
