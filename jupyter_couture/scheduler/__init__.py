"""The shell round the decisions: wake, load, plan, commit, dispatch; and leadership.

``loop`` is one leader at work, ``leadership`` how one becomes it, ``service`` the life of an engine process.
"""
