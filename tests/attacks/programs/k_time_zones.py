# expect: pass
# verdict: passed
# class: k
# why: time zones, locales, calendars and clocks
import calendar
import datetime
import locale
import os
import time
import zoneinfo

os.environ["TZ"] = "Europe/Moscow"
time.tzset()


def runs(text):
    assert datetime.datetime.now().astimezone().tzinfo and calendar.monthrange(2024, 2)[1] == 29
    assert time.strftime("%Y") and locale.setlocale(locale.LC_ALL, "") is not None
    return solve(text)
