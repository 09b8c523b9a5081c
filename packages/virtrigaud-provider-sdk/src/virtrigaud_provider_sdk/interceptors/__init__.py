"""What happens around every call, one concern a module; `server` puts them in order and `call` nests them.

From the outside in: `requests` (log line and metrics), `spans` (traces, where they are exported), `errors`
(taxonomy to status), `streams` (how long ones end), `peers` (who may call), `deadlines` and `concurrency`
(how long and how many).
"""
