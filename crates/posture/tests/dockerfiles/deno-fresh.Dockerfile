FROM denoland/deno:alpine-2.0.2
WORKDIR /app
USER deno
COPY deno.json deno.lock ./
RUN deno install
COPY . .
EXPOSE 8000
CMD ["run", "--allow-net", "main.ts"]
