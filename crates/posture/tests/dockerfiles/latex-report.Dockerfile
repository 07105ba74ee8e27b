FROM texlive/texlive:TL2023-historic
WORKDIR /doc
COPY *.tex *.bib ./
RUN latexmk -pdf report.tex
CMD ["cat", "report.pdf"]
