FROM node:20.10.0
RUN sudo npm install -g grunt-cli
WORKDIR src/app
RUN sudo chown -R node /home/node
USER root
CMD ["grunt"]
