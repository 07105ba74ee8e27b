# escape=`
FROM mcr.microsoft.com/windows/servercore:ltsc2022
SHELL ["cmd", "/S", "/C"]
RUN curl -fsSLo C:\git.exe https://example.com/git.exe & `
    C:\git.exe /VERYSILENT | more
RUN net user /add app && cd C:\app
WORKDIR C:\app
COPY . .
ENTRYPOINT ["C:\\app\\app.exe"]
