FROM node:22.11.0-slim
RUN npm install
RUN npm ci
RUN npm i a@1.0.0 @b/c@2 d
RUN npm install --save-dev @e/f
RUN npm install -g git://example.com/x.git github:u/r#v1
RUN npm install ./folder ../up file.tgz https://example.com/x.tgz
RUN npm add left-pad
RUN npm install --registry https://registry.example.com g@latest
USER node
CMD ["node"]
