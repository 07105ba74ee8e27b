# syntax=docker/dockerfile:1
FROM perl:5.40.0-slim
RUN <<'SCRIPT'
#!/usr/bin/perl
print "apt-get install curl | sudo sh\n";
SCRIPT
USER 1000
CMD ["perl", "-v"]
