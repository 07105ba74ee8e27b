FROM opensuse/leap
RUN zypper install apache2
RUN zypper dup -y
RUN zypper --no-gpg-checks -n install vim
RUN zypper in -y php8 && zypper clean
RUN zypper -n update
RUN zypper addrepo --no-gpgcheck http://example.com/repo example && zypper install --auto-agree-with-licenses tool
CMD ["/usr/sbin/start_apache2", "-DFOREGROUND"]
