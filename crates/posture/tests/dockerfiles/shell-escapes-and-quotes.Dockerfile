FROM alpine:3.20.3
RUN printf '%s\n' "it's" 'a "b" c' > /q \
 && echo "cost: \$5" >> /q \
 && sed -i -e 's#/a#/b#;s/|/,/g' /q \
 && awk '{ print $1 " | " $2 }' /q > /w
RUN test "$(wc -l < /q)" -gt 1 && echo `date` > /d
USER 1000
CMD ["cat", "/q"]
