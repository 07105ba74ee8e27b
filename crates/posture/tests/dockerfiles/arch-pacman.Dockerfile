FROM archlinux:base-devel-20241020.0.272304
RUN pacman -Syu --noconfirm git && pacman -Scc --noconfirm
RUN useradd -m build && echo 'build ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers
USER build
RUN git clone https://aur.archlinux.org/yay.git /tmp/yay && cd /tmp/yay && makepkg -si --noconfirm
CMD ["yay"]
