FROM mcr.microsoft.com/powershell:7.4-debian-12
SHELL ["pwsh", "-Command", "$ErrorActionPreference = 'Stop';"]
RUN Get-ChildItem / | Select-Object -First 3
RUN Install-Module -Name Pester -Force
USER 1000
CMD ["pwsh"]
