from airflow.models import BaseOperator
from airflow.hooks.base_hook import BaseHook
from airflow.sensors.base_sensor_operator import BaseSensorOperator
from airflow.plugins_manager import AirflowPlugin
from airflow.utils.decorators import apply_defaults
from flask import Blueprint
from flask_appbuilder import BaseView as AppBuilderBaseView, expose


class StationHook(BaseHook):
    def __init__(self, station="north", source=None):
        super().__init__(source)
        self.station = station

    def reading(self):
        self.log.info("reading %s", self.station)
        return {"north": 11, "south": 24}[self.station]


class ReadStationOperator(BaseOperator):
    template_fields = ("station",)
    ui_color = "#aaf"

    @apply_defaults
    def __init__(self, station, scale=1, *args, **kwargs):
        super(ReadStationOperator, self).__init__(*args, **kwargs)
        self.station = station
        self.scale = scale

    def execute(self, context):
        value = StationHook(self.station).reading() * self.scale
        self.xcom_push(context, key="scaled", value=value)
        return value


class WarmSensor(BaseSensorOperator):
    @apply_defaults
    def __init__(self, limit, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.limit = limit

    def poke(self, context):
        return context["ti"].xcom_pull(task_ids="read", key="scaled") >= self.limit


def double(value):
    return int(value) * 2


class StationsView(AppBuilderBaseView):
    default_view = "stations"

    @expose("/")
    def stations(self):
        return self.render_template("stations.html")


class WeatherPlugin(AirflowPlugin):
    name = "weather_plugin"
    operators = [ReadStationOperator]
    sensors = [WarmSensor]
    hooks = [StationHook]
    macros = [double]
    flask_blueprints = [Blueprint("weather", __name__, template_folder="templates", url_prefix="/weather")]
    appbuilder_views = [{"name": "Stations", "category": "Weather", "view": StationsView()}]
