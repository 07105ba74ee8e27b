FROM mcr.microsoft.com/windows/servercore:ltsc2019
RUN @powershell -NoProfile -ExecutionPolicy Bypass -Command "iex ((New-Object System.Net.WebClient).DownloadString('https://chocolatey.org/install.ps1'))"
RUN choco install -y git nodejs
RUN mkdir C:\app
WORKDIR C:/app
COPY . C:/app/
CMD ["node", "app.js"]
