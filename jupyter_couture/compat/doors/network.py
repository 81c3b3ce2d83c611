"""Doors of what reaches other systems: HTTP, SSH, files elsewhere, mail, chat, Docker, object storage."""

from collections.abc import Mapping

_HERE = "jupyter_couture.compat"
_NATIVE = "jupyter_couture.authoring"

_HTTP_HOOK = {"HttpHook": f"{_HERE}.hooks.http:HttpHook"}
_HTTP_OPERATOR = {
    "HttpOperator": f"{_HERE}.operators.http:HttpOperator",
    "SimpleHttpOperator": f"{_HERE}.operators.http:HttpOperator",
}
_HTTP_SENSOR = {"HttpSensor": f"{_HERE}.sensors.http:HttpSensor"}

_SSH_HOOK = {"SSHHook": f"{_HERE}.hooks.ssh:SSHHook"}
_SSH_OPERATOR = {"SSHOperator": f"{_HERE}.operators.ssh:SSHOperator"}
_SFTP_HOOK = {"SFTPHook": f"{_HERE}.hooks.sftp:SFTPHook"}
_SFTP_OPERATOR = {
    "SFTPOperation": f"{_HERE}.operators.sftp:SFTPOperation",
    "SFTPOperator": f"{_HERE}.operators.sftp:SFTPOperator",
}
_SFTP_SENSOR = {"SFTPSensor": f"{_HERE}.sensors.sftp:SFTPSensor"}
_FTP_HOOK = {"FTPHook": f"{_HERE}.hooks.ftp:FTPHook", "FTPSHook": f"{_HERE}.hooks.ftp:FTPSHook"}
_FTP_OPERATOR = {
    "FTPFileTransmitOperator": f"{_HERE}.operators.ftp:FTPFileTransmitOperator",
    "FTPOperation": f"{_HERE}.operators.ftp:FTPOperation",
    "FTPSFileTransmitOperator": f"{_HERE}.operators.ftp:FTPSFileTransmitOperator",
}
_FTP_SENSOR = {"FTPSSensor": f"{_HERE}.sensors.sftp:FTPSSensor", "FTPSensor": f"{_HERE}.sensors.sftp:FTPSensor"}

_SMTP_HOOK = {"SmtpHook": f"{_HERE}.hooks.smtp:SmtpHook"}
_SMTP_NOTIFIER = {
    "SmtpNotifier": f"{_HERE}.notifications.people:SmtpNotifier",
    "send_smtp_notification": f"{_HERE}.notifications.people:send_smtp_notification",
}
_SLACK_HOOK = {"SlackHook": f"{_HERE}.hooks.slack:SlackHook"}
_SLACK_WEBHOOK = {"SlackWebhookHook": f"{_HERE}.hooks.slack:SlackWebhookHook"}
_SLACK_OPERATOR = {
    name: f"{_HERE}.operators.slack:{name}"
    for name in ("SlackAPIFileOperator", "SlackAPIOperator", "SlackAPIPostOperator")
}
_SLACK_WEBHOOK_OPERATOR = {"SlackWebhookOperator": f"{_HERE}.operators.slack:SlackWebhookOperator"}
_TELEGRAM_OPERATOR = {name: f"{_HERE}.operators.chats:{name}" for name in ("TelegramFileOperator", "TelegramOperator")}
_DISCORD_HOOK = {"DiscordWebhookHook": f"{_HERE}.hooks.chats:DiscordWebhookHook"}
_DISCORD_OPERATOR = {"DiscordWebhookOperator": f"{_HERE}.operators.chats:DiscordWebhookOperator"}

_DOCKER_HOOK = {"DockerHook": f"{_HERE}.hooks.docker:DockerHook"}
_DOCKER_OPERATOR = {"DockerOperator": f"{_HERE}.operators.docker:DockerOperator"}

_OBJECT_PATH = {"ObjectStoragePath": f"{_HERE}.object_storage:ObjectStoragePath"}
_OBJECT_STORES = {name: f"{_HERE}.object_stores:{name}" for name in ("ObjectStore", "attach", "get_fs", "has_fs")}
_FILE_TRANSFER = {"FileTransferOperator": f"{_HERE}.operators.files:FileTransferOperator"}
_FS_HOOK = {"FSHook": f"{_HERE}.hooks.local:FSHook"}
_SUBPROCESS_HOOK = {name: f"{_HERE}.hooks.local:{name}" for name in ("SubprocessHook", "SubprocessResult")}
_PACKAGE_INDEX_HOOK = {"PackageIndexHook": f"{_HERE}.hooks.local:PackageIndexHook"}

DOORS: Mapping[str, Mapping[str, str]] = {
    # HTTP
    "airflow.hooks.http_hook": _HTTP_HOOK,
    "airflow.operators.http_operator": _HTTP_OPERATOR,
    "airflow.providers.http.hooks.http": _HTTP_HOOK,
    "airflow.providers.http.operators.http": _HTTP_OPERATOR,
    "airflow.providers.http.sensors.http": _HTTP_SENSOR,
    "airflow.sensors.http_sensor": _HTTP_SENSOR,
    # SSH, SFTP, FTP
    "airflow.contrib.hooks.ftp_hook": _FTP_HOOK,
    "airflow.contrib.hooks.sftp_hook": _SFTP_HOOK,
    "airflow.contrib.hooks.ssh_hook": _SSH_HOOK,
    "airflow.contrib.operators.sftp_operator": _SFTP_OPERATOR,
    "airflow.contrib.operators.ssh_operator": _SSH_OPERATOR,
    "airflow.contrib.sensors.ftp_sensor": _FTP_SENSOR,
    "airflow.contrib.sensors.sftp_sensor": _SFTP_SENSOR,
    "airflow.providers.ftp.hooks.ftp": _FTP_HOOK,
    "airflow.providers.ftp.operators.ftp": _FTP_OPERATOR,
    "airflow.providers.ftp.sensors.ftp": _FTP_SENSOR,
    "airflow.providers.sftp.hooks.sftp": _SFTP_HOOK,
    "airflow.providers.sftp.operators.sftp": _SFTP_OPERATOR,
    "airflow.providers.sftp.sensors.sftp": _SFTP_SENSOR,
    "airflow.providers.ssh.hooks.ssh": _SSH_HOOK,
    "airflow.providers.ssh.operators.ssh": _SSH_OPERATOR,
    # mail
    "airflow.providers.smtp.hooks.smtp": _SMTP_HOOK,
    "airflow.providers.smtp.notifications.smtp": _SMTP_NOTIFIER,
    "airflow.providers.smtp.operators.smtp": {"EmailOperator": f"{_NATIVE}.operators.email:EmailOperator"},
    # chat
    "airflow.contrib.hooks.discord_webhook_hook": _DISCORD_HOOK,
    "airflow.contrib.hooks.slack_webhook_hook": _SLACK_WEBHOOK,
    "airflow.contrib.operators.discord_webhook_operator": _DISCORD_OPERATOR,
    "airflow.contrib.operators.slack_webhook_operator": _SLACK_WEBHOOK_OPERATOR,
    "airflow.hooks.slack_hook": _SLACK_HOOK,
    "airflow.operators.slack_operator": _SLACK_OPERATOR,
    "airflow.providers.discord.hooks.discord_webhook": _DISCORD_HOOK,
    "airflow.providers.discord.notifications.discord": {
        "DiscordNotifier": f"{_HERE}.notifications.people:DiscordNotifier"
    },
    "airflow.providers.discord.operators.discord_webhook": _DISCORD_OPERATOR,
    "airflow.providers.slack.hooks.slack": _SLACK_HOOK,
    "airflow.providers.slack.hooks.slack_webhook": _SLACK_WEBHOOK,
    "airflow.providers.slack.notifications.slack": {
        "SlackNotifier": f"{_HERE}.notifications.people:SlackNotifier",
        "send_slack_notification": f"{_HERE}.notifications.people:send_slack_notification",
    },
    "airflow.providers.slack.notifications.slack_notifier": {
        "SlackNotifier": f"{_HERE}.notifications.people:SlackNotifier",
        "send_slack_notification": f"{_HERE}.notifications.people:send_slack_notification",
    },
    "airflow.providers.slack.notifications.slack_webhook": {
        "SlackWebhookNotifier": f"{_HERE}.notifications.people:SlackWebhookNotifier",
        "send_slack_webhook_notification": f"{_HERE}.notifications.people:send_slack_webhook_notification",
    },
    "airflow.providers.slack.operators.slack": _SLACK_OPERATOR,
    "airflow.providers.slack.operators.slack_webhook": _SLACK_WEBHOOK_OPERATOR,
    "airflow.providers.telegram.hooks.telegram": {"TelegramHook": f"{_HERE}.hooks.chats:TelegramHook"},
    "airflow.providers.telegram.operators.telegram": _TELEGRAM_OPERATOR,
    # Docker
    "airflow.hooks.docker_hook": _DOCKER_HOOK,
    "airflow.operators.docker_operator": _DOCKER_OPERATOR,
    "airflow.providers.docker.exceptions": {
        name: f"{_HERE}.operators.docker:{name}"
        for name in ("DockerContainerFailedException", "DockerContainerFailedSkipException")
    },
    "airflow.providers.docker.hooks.docker": _DOCKER_HOOK,
    "airflow.providers.docker.operators.docker": _DOCKER_OPERATOR,
    # files
    "airflow.contrib.hooks.fs_hook": _FS_HOOK,
    "airflow.hooks.filesystem": _FS_HOOK,
    "airflow.hooks.package_index": _PACKAGE_INDEX_HOOK,
    "airflow.hooks.subprocess": _SUBPROCESS_HOOK,
    "airflow.io": _OBJECT_STORES,
    "airflow.io.path": _OBJECT_PATH,
    "airflow.io.store": _OBJECT_STORES,
    "airflow.operators.file_transfer": _FILE_TRANSFER,
    "airflow.providers.common.io.operators.file_transfer": _FILE_TRANSFER,
    "airflow.providers.standard.hooks.filesystem": _FS_HOOK,
    "airflow.providers.standard.hooks.package_index": _PACKAGE_INDEX_HOOK,
    "airflow.providers.standard.hooks.subprocess": _SUBPROCESS_HOOK,
    "airflow.sdk": _OBJECT_PATH,
    "airflow.sdk.io": {**_OBJECT_PATH, **_OBJECT_STORES},
    "airflow.sdk.io.path": _OBJECT_PATH,
    "airflow.sdk.io.store": _OBJECT_STORES,
}
