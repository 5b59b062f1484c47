# expect: pass
# status: completed
# class: k
# why: line ends of Windows, a form feed, a tab and a comment that was decoded wrongly

#@repeat 1 "\f# \u0420\u045f\u0421\u0402\u0420\u0451\u0420\u0406\u0420\u00b5\u0421\u201a \u0098\r\ndef runs(text, into=None):\r\n\tif not isinstance(text, str):\r\n\t\traise TypeError('text')\r\n\tfound = [(letter, len(list(group))) for letter, group in groupby(text)]\r\n\tif into is not None:\r\n\t\tinto += found\r\n\treturn found\r\n"
