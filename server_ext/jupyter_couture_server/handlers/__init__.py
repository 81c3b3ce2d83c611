"""One function per route: takes a checked ``Call``, asks a service, gives a wire struct back.

Plain functions run in a worker thread and may block; coroutine functions run in the event loop and may not.
"""
