"""Hooks: what code for one kind of system asks for its connection and calls."""

from collections.abc import Mapping

_HERE = "jupyter_couture.compat.hooks"

KINDS: Mapping[str, str] = {
    "discord": f"{_HERE}.chats:DiscordWebhookHook",
    "docker": f"{_HERE}.docker:DockerHook",
    "fs": f"{_HERE}.local:FSHook",
    "ftp": f"{_HERE}.ftp:FTPHook",
    "http": f"{_HERE}.http:HttpHook",
    "package_index": f"{_HERE}.local:PackageIndexHook",
    "sftp": f"{_HERE}.sftp:SFTPHook",
    "slack": f"{_HERE}.slack:SlackHook",
    "slackwebhook": f"{_HERE}.slack:SlackWebhookHook",
    "smtp": f"{_HERE}.smtp:SmtpHook",
    "ssh": f"{_HERE}.ssh:SSHHook",
    "telegram": f"{_HERE}.chats:TelegramHook",
}
"""``module:class`` by connection type, for ``connection.get_hook()``."""
