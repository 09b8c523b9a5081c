"""What happens around every call, one module a concern; `server` puts them in order.

From the outside in: `requests` (log line and metrics), `errors` (taxonomy to status), `peers` (who may
call), `deadlines` and `concurrency` (how long and how many).
"""
