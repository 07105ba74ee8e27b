FROM mcr.microsoft.com/dotnet/runtime:8.0
RUN apt-get update \
    && apt-get upgrade -y \
    && apt-get install -y libgdiplus fontconfig \
    && rm -rf /var/lib/apt/lists/*
COPY publish/ /app/
CMD dotnet /app/Worker.dll
