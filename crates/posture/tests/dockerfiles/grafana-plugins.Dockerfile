FROM grafana/grafana:11.2.2
ENV GF_INSTALL_PLUGINS=grafana-clock-panel GF_SECURITY_ADMIN_PASSWORD=admin
COPY provisioning /etc/grafana/provisioning
USER grafana
