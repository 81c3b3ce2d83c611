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
}
