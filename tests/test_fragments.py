"""Fragments that were rendered before."""

from chat.live.fragments import Fragments


def test_fragments_are_bounded_and_the_least_used_go_first() -> None:
    kept = Fragments(most=10)
    kept.put("a", "1234")
    kept.put("b", "1234")
    assert kept.get("a") == "1234"
    kept.put("c", "1234")
    assert [kept.get(key) for key in "abc"] == ["1234", None, "1234"]
    kept.put("c", "12")
    kept.put("d", "1234")
    assert [kept.get(key) for key in "acd"] == ["1234", "12", "1234"]
