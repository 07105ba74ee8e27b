FROM phusion/passenger-ruby31:2.5.0
CMD ["/sbin/my_init"]
RUN rm -f /etc/service/nginx/down
RUN sudo -u app gem install foreman
COPY --chown=app:app . /home/app/webapp
RUN service nginx start
RUN chmod -R 0777 /home/app/webapp/tmp
EXPOSE 80 22
