# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022 AS fetch
SHELL ["powershell", "-NoLogo", "-Command", "$ErrorActionPreference = 'Stop'; $ProgressPreference = 'SilentlyContinue';"]
RUN Invoke-WebRequest -Uri https://nodejs.org/dist/v20.18.0/node-v20.18.0-win-x64.zip -OutFile node.zip; `
    if ((Get-FileHash node.zip -Algorithm sha256).Hash -ne $env:NODE_SHA256) { exit 1 }; `
    Expand-Archive node.zip -DestinationPath C:\
FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
COPY --from=fetch C:\node-v20.18.0-win-x64 C:\node
USER ContainerUser
CMD ["C:\\node\\node.exe", "--version"]
