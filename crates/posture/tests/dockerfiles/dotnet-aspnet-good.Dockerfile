FROM mcr.microsoft.com/dotnet/sdk:8.0.403-bookworm-slim AS build
WORKDIR /src
COPY Shop.sln ./
COPY Shop/Shop.csproj Shop/
RUN dotnet restore
COPY . .
RUN dotnet publish Shop -c Release -o /out --no-restore

FROM mcr.microsoft.com/dotnet/aspnet:8.0.10-bookworm-slim
WORKDIR /app
COPY --from=build /out .
ENV ASPNETCORE_HTTP_PORTS=8080 DOTNET_EnableDiagnostics=0
EXPOSE 8080
USER $APP_UID
ENTRYPOINT ["dotnet", "Shop.dll"]
