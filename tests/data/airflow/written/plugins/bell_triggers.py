import asyncio

from airflow.triggers.base import BaseTrigger, TriggerEvent


class Gong(BaseTrigger):
    def __init__(self, text, seconds=0.1):
        super().__init__()
        self.text = text
        self.seconds = seconds

    def serialize(self):
        return "bell_triggers.Gong", {"text": self.text, "seconds": self.seconds}

    async def run(self):
        await asyncio.sleep(self.seconds)
        yield TriggerEvent({"status": "ok", "text": self.text})
