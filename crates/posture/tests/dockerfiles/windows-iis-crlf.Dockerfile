# escape=`
FROM mcr.microsoft.com/windows/servercore/iis:windowsservercore-ltsc2022
SHELL ["powershell", "-Command"]
RUN Remove-Item -Recurse C:\inetpub\wwwroot\*; `
    # nothing of the default site stays
    New-Item -ItemType Directory C:\site
WORKDIR /inetpub/wwwroot
COPY content/ .
EXPOSE 80
