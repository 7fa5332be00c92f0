"""All checks in the order in which they run: those that others depend on come first."""

from hypertalk.doctor import (
    clock,
    database,
    disk,
    encoding,
    jobs,
    mail,
    proxy,
    redis,
    settings,
    static,
    workers,
)
from hypertalk.doctor.findings import Check

CHECKS: dict[str, Check] = {
    "settings": settings.check,
    "settings.django": settings.check_by_django,
    "encoding": encoding.check,
    "disk": disk.check,
    "database": database.check,
    "database.migrations": database.check_migrations,
    "redis": redis.check,
    "redis.layer": redis.check_layer,
    "clock": clock.check,
    "static": static.check,
    "mail": mail.check,
    "jobs": jobs.check,
    "workers": workers.check,
    "proxy": proxy.check,
    "proxy.socket": proxy.check_socket,
    "proxy.bodies": proxy.check_bodies,
}
