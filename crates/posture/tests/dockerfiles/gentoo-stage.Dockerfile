FROM gentoo/stage3:20241014
RUN emerge-webrsync
RUN emerge --quiet app-editors/neovim
ENTRYPOINT ["/bin/bash", "-l"]
