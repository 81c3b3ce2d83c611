"""The shell around the decisions: wake, load, plan, commit, dispatch, under a lease that makes one the leader.

It owns no rule. What should happen is decided in ``decisions``; here it is made durable and sent on its way.
"""
