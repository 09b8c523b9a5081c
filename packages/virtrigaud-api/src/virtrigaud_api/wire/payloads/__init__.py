"""The JSON strings inside the messages, one module a topic: contract values from and to documents.

Used by the message modules beside this package. `..._to_json` makes the document that is sent;
`..._from_json` reads every spelling that a peer is known to send.
"""
