FROM alpine:3.20.3
ENV MESSAGE hello "big" world
ENV A="x y" B='z w' C=p\ q
ENV PATH=/opt/bin:$PATH
ENV D=1 E=${D}2
ENV F="$F:extra"
LABEL description "the old form"
LABEL multi.line="one \
two" other=three
USER 1000
CMD ["env"]
